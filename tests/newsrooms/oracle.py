"""Plays steps, one JSON object a line, on a model of the rules whose path is the argument, and answers each with what the model says:
`null` or the code of its refusal, and what is live at each of the instants that the step names."""
import importlib.util
import json
import sys

spec = importlib.util.spec_from_file_location("model", sys.argv[1])
model = importlib.util.module_from_spec(spec)
sys.modules["model"] = model
spec.loader.exec_module(model)
room = model.Newsroom()


def named(article, start):
    for publication in article.publications:
        if publication.publish_at == start:
            return publication
    raise model.Refused("not_found")


def perform(step):
    now, a = step["now"], step["a"]
    if step["do"] != "save" and a not in room.articles:
        raise model.Refused("not_found")
    match step["do"]:
        case "save":
            room.save(now, a, step["slug"], step["may_publish"])
        case "publish":
            room.publish(now, a, step["publish_at"], step["unpublish_at"], step["revision"], step["published_at"], step["minor"])
        case "change":
            room.move(now, a, named(room.articles[a], step["start"]), step["publish_at"], step["unpublish_at"])
        case "cancel":
            room.cancel(now, a, named(room.articles[a], step["start"]))
        case "unpublish":
            room.unpublish(now, a, step["withdrawn"], step["keep_scheduled"])
        case "trash":
            room.trash(now, a)
        case "restore":
            room.restore(now, a)


for line in sys.stdin:
    step = json.loads(line)
    refused = None
    if step["do"] == "open":
        room = model.Newsroom()
    elif step["do"] != "nothing":
        try:
            perform(step)
        except model.Refused as refusal:
            refused = str(refusal)
    answer = {
        "refused": refused,
        "live": [room.live(t) for t in step["instants"]],
        "slugs": [[room.by_slug(slug, t) for slug in step["slugs"]] for t in step["instants"]],
    }
    print(json.dumps(answer), flush=True)
