"""The paths of quotas, certificates, new vehicles, and of terminals that are mended."""

from .addition import AdditionFlow
from .certificate import CertificateFlow
from .mending import MendingFlow
from .quota import QuotaFlow

__all__ = ["AdditionFlow", "CertificateFlow", "MendingFlow", "QuotaFlow"]
