"""What is recorded: events, road states, cameras, tallies, routes, and the words that describe them."""
