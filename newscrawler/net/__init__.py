"""Between Scrapy and the network: what may be asked, what came, and whether it came whole."""
