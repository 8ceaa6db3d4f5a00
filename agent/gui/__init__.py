"""What the customer sees: window, banner, questions, and the words for them."""
