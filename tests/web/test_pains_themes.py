"""Pain points on themes that were merged since, and evidence from what is said about them."""

from cxquest.themes import changing
from cxquest.voice import hearing, theming
from cxquest.voice import queries as voice_queries
from tests.browsing import Browser
from tests.cast import BEGUN
from tests.pains import Story
from tests.web.test_pains import typed


def test_a_pain_point_keeps_its_theme_that_was_merged_since(client: Browser, story: Story) -> None:
    pain_id = story.pain(evidence=0)
    with story.transaction() as session:
        themes = [theming.add(session, name, by=None, at=BEGUN) for name in ("Visits", "All")]
        old = voice_queries.theme(session, story.theme_id)
        assert old
        for one, into in ((old, themes[0]), (themes[0], themes[1])):
            changing.merge(session, one, into, by=story.cast.noor, at=BEGUN)
        whole = themes[1].id
    page = client.as_(story.cast.ida).get(f"/pains/{pain_id}/edit").text
    assert f'selected value="{story.theme_id}"' in page
    sent = client.send(f"/pains/{pain_id}/edit", **typed(story, theme_id=str(story.theme_id)))
    assert sent.status_code == 303
    assert story.now(pain_id).theme_id == story.theme_id
    assert client.get(f"/pains/{pain_id}").status_code == 200
    assert "Nobody came" in client.get(f"/pains?theme={whole}").text
    new = client.get(f"/pains/new?theme={story.theme_id}").text
    assert f'selected value="{whole}"' in new
    assert new.count('name="comment"') == 6


def test_candidates_are_turned_page_by_page(client: Browser, story: Story) -> None:
    pain_id = story.pain(evidence=0)
    with story.transaction() as session:
        for n in range(30):
            hearing.heard(session, f"Late {n}", on=BEGUN.date(), by=story.cast.bram, at=BEGUN)
    url = f"/pains/{pain_id}/evidence?search=late"
    page = client.as_(story.cast.ida).get(url).text
    assert "more than 25" in page
    assert page.count("Add comment") >= 25
    assert "30 in all" in client.get(f"{url}&page=2").text
