"""Addresses of this room beside those of its resources; those under /public/ are open to everybody."""

from django.urls import path

from . import views

urlpatterns = [
    path("running/", views.accounts.page, name="running-accounts"),
    path("running/waiting/", views.waiting.page, name="running-waiting"),
    path("public/vehicles/", views.units, name="public-vehicles"),
    path("public/vehicles/units.csv", views.units_sheet, name="public-vehicles-sheet"),
    path("public/vehicles/<str:code>/vehicles.csv", views.unit_sheet, name="public-vehicles-unit-sheet"),
    path("public/vehicles/<str:code>/", views.unit, name="public-vehicles-unit"),
]
