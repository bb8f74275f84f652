"""What each problem code means, and what a site's policy makes of problems."""
