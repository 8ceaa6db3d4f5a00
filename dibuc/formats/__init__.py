"""How dates look, where Django's own way is not ours."""
