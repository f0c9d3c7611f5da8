"""`make bench`: measures speed, memory and costs, compared with other bots and with the goals.

    make bench                         all parts, about ten minutes
    make bench A="webhook cold"        only these parts
    make bench A=videos                the load of videos, eight minutes more, which no other run includes

| part | what it measures |
|---|---|
| `webhook` | requests/s and latency of `webhook`, with the update stored, beside other frameworks doing the same |
| `cold` | from `exec` to the first useful call, as a ratio to the smallest possible function |
| `pictures` | 100 pictures at once through one `image` process, and 20 at 4K: time and memory |
| `answers` | 50 conversations and 50 pictures, alone and together: latency; the memory of `chat` at 100 streams |
| `hops` | our own time from the update to the delivered picture, hop by hop |
| `counts` | documents, tasks and files that a picture and an answer cost, and whether they grow with the stored data |
| `videos` | 200 videos of six minutes at once: memory of `video`, its calls and writes, and how much pictures suffer |
| `group` | 10 pictures for one group under Telegram's real limits: how many arrive and when; refused calls |

Prints a table, lists each figure that is more than a tenth worse than in the last kept run, and writes
`bench-results/<date>.json`. It is not part of `make test`, because it needs both cores for itself.
"""
