"""The paths of quotas, certificates, new vehicles, and of terminals that are mended."""

from . import leaving  # noqa: F401 -- adds to the path of a disposal
from .addition import AdditionFlow
from .certificate import CertificateFlow
from .mending import MendingFlow
from .quota import QuotaFlow

__all__ = ["AdditionFlow", "CertificateFlow", "MendingFlow", "QuotaFlow"]
