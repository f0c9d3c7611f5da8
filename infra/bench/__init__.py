"""`make bench`: how fast, how small and how frugal the product is, beside other bots and beside its own goals.

    make bench                         all parts, about ten minutes
    make bench A="webhook cold"        some of them

| part | what it measures |
|---|---|
| `webhook` | requests/s and latency of the door, with the update stored, beside other frameworks doing the same |
| `cold` | from `exec` to the first useful call, as a ratio to the smallest function that answers |
| `pictures` | 100 pictures at once through one `image` process, and 20 at 4K: time and memory |
| `answers` | 50 conversations and 50 pictures, alone and together: latency; the memory of `chat` at 100 streams |
| `hops` | our own time from the update to the delivered picture, hop by hop |
| `counts` | documents, tasks and files a picture and an answer cost, and that they do not grow with what is stored |
| `group` | 10 pictures for one group under Telegram's real limits: how many arrive, when, and calls refused |

Prints a table, names each figure that is more than a tenth worse than in the last run that was kept, and writes
`bench-results/<date>.json`. Runs outside `make test`: it needs both cores for itself.
"""
