"""The paths of quotas, certificates and new vehicles."""

from .addition import AdditionFlow
from .certificate import CertificateFlow
from .quota import QuotaFlow

__all__ = ["AdditionFlow", "CertificateFlow", "QuotaFlow"]
