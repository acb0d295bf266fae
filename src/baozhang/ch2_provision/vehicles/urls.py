"""Addresses of this room beside those of its resources."""

from django.urls import path

from . import views

urlpatterns = [path("vehicles/strangers/", views.strangers_page, name="vehicles-strangers")]
