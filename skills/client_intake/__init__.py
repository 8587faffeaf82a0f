"""From any mailbox to the right place in the queue: what a mail says, how urgent it is, where it belongs."""
