"""Small pictures of materials, made at build time: first slide, first page, a video's frame, the picture itself."""
