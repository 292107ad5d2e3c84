"""Problems that are changed while people work on them: noticed, previewed, published."""
