"""The electronic invoice: EN 16931 as UN/CEFACT CII, and the official rules it must pass."""
