"""Addresses of this room beside those of its resources."""

from django.urls import path

from . import views

# Before the API's own addresses, which need not be made for a program that reports positions.
intake = [path("api/vehicles/positions/", views.intake.positions, name="vehicles-intake")]
urlpatterns = [
    path("vehicles/strangers/", views.strangers_page, name="vehicles-strangers"),
    path("vehicles/health/", views.health.board, name="vehicles-health"),
    path("vehicles/map/", views.fleet_map.fleet_map, name="vehicles-map"),
    path("vehicles/map/positions.json", views.fleet_map.positions, name="vehicles-positions"),
    path("vehicles/map/ground.json", views.fleet_map.ground, name="vehicles-ground"),
    path("vehicles/map/<int:pk>/story/", views.fleet_map.story, name="vehicles-story"),
    path("vehicles/map/<int:pk>/track/", views.fleet_map.track, name="vehicles-track"),
    path("vehicles/map/<int:pk>/track.json", views.fleet_map.track_data, name="vehicles-track-data"),
]
