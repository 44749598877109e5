"""Sample months: the founding story of January 2023 and a lively recent half year, all of it made up and labelled.

`tables` reads the hand-written data, `schedule` says when and where each unit posts in a month, `writing` makes the
words, `loading` puts them into the database. Nothing here knows a score: the order of the units comes out of the job.
"""
