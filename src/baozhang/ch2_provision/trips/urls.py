"""Addresses of this room beside those of its resources."""

from .views import board, late, slip

urlpatterns = [*board.urlpatterns, *slip.urlpatterns, *late.urlpatterns]
