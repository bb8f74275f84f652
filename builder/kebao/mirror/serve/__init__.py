"""The school's web server: reads a mirror's folder, writes nothing, and shows it to browsers and to the next school."""
