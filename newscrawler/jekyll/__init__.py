"""The old Jekyll site: its posts read back, and written as it wrote them. Pure but for `export`,
`files`, `history` and `importing`."""
