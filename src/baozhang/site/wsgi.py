"""The WSGI application that granian serves."""

import os

from django.core.wsgi import get_wsgi_application

from baozhang.site.lifeline import end_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "baozhang.site.settings")
end_with_parent()
application = get_wsgi_application()
