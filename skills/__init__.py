"""What can be done: skills in the scenario's tree, their contract, their clients and their knowledge."""
