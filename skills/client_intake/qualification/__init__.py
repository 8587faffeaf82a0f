"""A `Mail` becomes a `Reading`: decisions with the words that carried them."""
