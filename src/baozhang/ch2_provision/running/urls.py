"""Addresses of this room beside those of its resources; those under /public/ are open to everybody."""

from django.urls import path

from . import views

urlpatterns = [
    path("running/", views.accounts.page, name="running-accounts"),
    path("running/waiting/", views.waiting.page, name="running-waiting"),
    path("public/vehicles/", views.units, name="public-vehicles"),
    path("public/vehicles/<str:code>/", views.unit, name="public-vehicles-unit"),
]
