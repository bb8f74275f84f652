"""Machines that a build's parts are made on. The local one is :func:`kebao.assembly.site_build.build_site`."""
