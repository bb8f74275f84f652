"""The publisher's side: keys, releases, signatures, publishing, sticks."""
