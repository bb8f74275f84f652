"""Where a school's mirror reads from: a web server, or a folder such as a stick."""
