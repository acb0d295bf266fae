"""Baozhang 保障: one platform for a government's own housekeeping, laid out as the law's table of contents."""
