"""Near-duplicates: which two texts are the same copy, edited. Pure: no SQL, no clock.

`normal` reads a text into clauses and figures, `sketch` says under which keys it is found again,
`compare` judges two texts, with the words of `words`. docs/duplicates.md tells it in prose.
"""
