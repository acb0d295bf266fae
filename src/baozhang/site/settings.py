"""Settings, all from the environment with the prefix BAOZHANG_; the embedded database is the default."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlparse

SOURCE = Path(__file__).resolve().parent.parent
PROJECT = SOURCE.parent.parent
HOME = Path(os.environ.get("BAOZHANG_HOME", PROJECT / "var")).resolve()
HOME.mkdir(parents=True, exist_ok=True)


def _secret() -> str:
    """The secret from the environment, or one made once and kept beside the data, readable by its owner only."""
    given = os.environ.get("BAOZHANG_SECRET_KEY")
    if given:
        return given
    path = HOME / "secret"
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(50))
    return path.read_text()


def _database(url: str) -> dict[str, object]:
    """A database URL as Django's dictionary: sqlite:///path or postgresql://user:password@host:port/name?host=/socket."""
    parts = urlparse(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": url.removeprefix("sqlite:///") or HOME / "baozhang.sqlite3",
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-8192; PRAGMA temp_store=MEMORY;",
            },
        }
    if parts.scheme not in ("postgresql", "postgres"):
        raise ValueError(f"BAOZHANG_DATABASE_URL: unknown scheme {parts.scheme!r}; use sqlite:/// or postgresql://")
    query = {key: values[0] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host") or parts.hostname or "",
        "PORT": query.get("port") or parts.port or "",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


SECRET_KEY = _secret()
DEBUG = os.environ.get("BAOZHANG_DEBUG") == "1"
PUBLIC_ADDRESS = os.environ.get("BAOZHANG_ADDRESS", "http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = os.environ.get("BAOZHANG_HOSTS", "localhost,127.0.0.1,[::1],testserver").split(",")
ALLOWED_HOSTS += filter(None, [urlparse(PUBLIC_ADDRESS).hostname])
DATABASES = {"default": _database(os.environ.get("BAOZHANG_DATABASE_URL", f"sqlite:///{HOME / 'baozhang.sqlite3'}"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "kernel.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "baozhang.kernel.accounts.Backend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ACCESS_FAILURE_LOG = True  # the security administrator reads them
AXES_ACCESS_FAILURE_LOG_PER_USER_LIMIT = 1000
AXES_LOCKOUT_CALLABLE = "baozhang.kernel.views.door.barred"
AXES_VERBOSE = False

INSTALLED_APPS = [
    "baozhang.kernel",
    "baozhang.law",
    "baozhang.ch1_general.organs",
    "baozhang.ch2_provision.funding",
    "baozhang.ch2_provision.assets",
    "baozhang.ch2_provision.stocktaking",
    "baozhang.ch2_provision.warehouse",
    "baozhang.ch2_provision.disposal",
    "baozhang.ch2_provision.allocation",
    "baozhang.ch2_provision.vehicles",
    "baozhang.ch2_provision.trips",
    "baozhang.ch2_provision.running",
    "baozhang.ch3_mechanisms.standards",
    "baozhang.ch3_mechanisms.procurement",
    "baozhang.ch4_supervision.warnings",
    "baozhang.gateways.jt808",
    "baozhang.gateways.platforms",
    "baozhang.demo",
    "baozhang.site",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "axes",
    "csp",
    "django_tasks",
    "django_tasks_db",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "baozhang.kernel.middleware.Desk",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "baozhang.site.urls"
WSGI_APPLICATION = "baozhang.site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "baozhang.kernel.shell.context",
            ],
        },
    }
]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [SOURCE / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = ["baozhang.site.formats"]

# What lies under the vehicles on the map: a GeoJSON file of the operator in WGS-84, and, if he wants one, somebody's tiles.
MAP_GROUND = Path(os.environ.get("BAOZHANG_MAP_GROUND", HOME / "ground.geojson"))
MAP_TILES = {
    "url": os.environ.get("BAOZHANG_MAP_TILES", ""),  # https://host/{z}/{x}/{y}.png
    "shifted": os.environ.get("BAOZHANG_MAP_TILES_DATUM", "wgs84").lower() == "gcj02",  # Chinese base maps
    "by": os.environ.get("BAOZHANG_MAP_TILES_BY", ""),  # whose map it is, and its approval number
}
_tile_host = "{0.scheme}://{0.netloc}".format(urlparse(str(MAP_TILES["url"]))) if MAP_TILES["url"] else ""

STATIC_URL = "/static/"
STATICFILES_DIRS = [("vendor", PROJECT / "build" / "vendor")] if (PROJECT / "build" / "vendor").exists() else []
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600
MEDIA_ROOT = HOME / "attachments"
ATTACHMENT_LIMIT = int(os.environ.get("BAOZHANG_ATTACHMENT_MB", "20")) * 1024 * 1024
FILE_UPLOAD_TEMP_DIR = HOME / "uploads"
FILE_UPLOAD_TEMP_DIR.mkdir(parents=True, exist_ok=True)
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

READABLE = ("/law/", "/help/")  # pages that everybody may read, and whoever is signed in reads in his own frame
LOGIN_URL = "/login/"
SESSION_ENGINE = "baozhang.kernel.sessions"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
_tls = PUBLIC_ADDRESS.startswith("https")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _tls
SECURE_HSTS_SECONDS = 31_536_000 if _tls else 0
# The server speaks HTTP; where its address is HTTPS, a proxy in front ends that, and says so in this header.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _tls else None
PROXIES = int(os.environ.get("BAOZHANG_PROXIES", "0"))  # how many write X-Forwarded-For, each behind the one before
CSRF_TRUSTED_ORIGINS = ["{0.scheme}://{0.netloc}".format(urlparse(PUBLIC_ADDRESS))] if _tls else []
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:", *filter(None, [_tile_host])],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "worker-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"baozhang": {"level": os.environ.get("BAOZHANG_LOG", "INFO")}},
}
SILENCED_SYSTEM_CHECKS = ["axes.W003"]
