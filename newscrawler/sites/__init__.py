"""What we know of each site's wire formats, one package a site."""
