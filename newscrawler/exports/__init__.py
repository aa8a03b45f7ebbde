"""Files for others: each format turns records of the store into bytes; pure but for the file."""
