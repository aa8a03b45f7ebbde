"""eastmoney: ids, addresses, lists and answers of its "Choice" family and its article API."""
