"""How dates are written on the screens, the same in both languages: 2026-03-05 14:30."""
