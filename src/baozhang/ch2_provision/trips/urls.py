"""Addresses of this room beside those of its resources."""

from .views import board, slip

urlpatterns = [*board.urlpatterns, *slip.urlpatterns]
