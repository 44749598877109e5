"""What a month and a category give to take away: data for programs and spreadsheets, a page, a poster.

`facts` is what every file says of itself; `workbook`, `sheet` and `poster` make one kind each; `keeping` keeps them.
"""
