"""The WSGI application that granian serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from baozhang.site.lifeline import end_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "baozhang.site.settings")
end_with_parent()
application = get_wsgi_application()
_ = get_resolver().url_patterns  # the views are loaded now, so that they too are set aside
# What is loaded stays for good: collecting it again and again would cost a fifth of every page.
gc.collect()
gc.freeze()
