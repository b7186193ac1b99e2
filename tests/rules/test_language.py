"""Sentences as people write them: which pattern they follow, how they are rewritten, which words are vague."""

from __future__ import annotations

import pytest

from backendkit.rules.language import ears, rewrite, same, vague

SENTENCES = {
    "ubiquitous": """
        The shop shall keep the price at which a copy was ordered, whatever its seller changes later.
        The shop shall keep up to ten delivery addresses for each reader.
        The system shall refresh the display every 60 seconds.
        The product shall be available for use 24 hours per day, 365 days per year.
        Passwords shall be stored as Argon2id hashes.
        Each invoice shall have a number that is never used again.
        All exports shall be written as UTF-8.
        The API shall not return stack traces to callers.
        For each order, the shop shall keep the time at which it was placed.
        Within 24 hours of a request, the service shall send the data export.
        The Control Unit's display shall show the pressure in bar.
        R7: The shop shall list books.
        [REQ-12] The gateway SHALL reject tokens older than 30 minutes.
        Copies get lost. The shop shall let a seller report a lost parcel.
        The system shall allow a user to define time segments.
        To prevent double sales, the shop shall reserve a copy for one order only.
        The shop shall show "Sold, sorry." on every copy that is gone.
        The shop shall list copies with the lowest price first until the reader chooses another order.
        A moderator shall be able to hide an offer.
        The mobile app shall work without a network for at least 24 hours.
    """,
    "event": """
        When a reader places an order, the shop shall reserve every copy in it for 15 minutes.
        When an order is paid the shop shall mail the buyer a confirmation.
        Whenever a price changes, the shop shall log the old and the new one.
        Once a payment is confirmed, the shop shall mark its copies as sold.
        After five failed logins, the system shall lock the account for 15 minutes.
        As soon as the courier scans the parcel, the tracker shall show its place.
        Upon receipt of a cancellation, the service shall release the seat.
        Before an account is erased, the shop shall ask its owner once more.
        When a month ends, the shop shall give each seller a statement of copies sold, amounts and fees.
        Every time a device connects, the broker shall send it the missed messages.
        When the user logs in, and the password is older than a year, the portal shall ask for a new one.
    """,
    "state": """
        While an order is open, the shop shall let its buyer cancel it.
        While a copy is neither reserved nor sold, the shop shall let its seller change price, note and condition.
        As long as the engine is running, the controller shall read the temperature every second.
        During maintenance, the site shall answer with status 503.
        Until the address is confirmed, the account shall stay read-only.
        While in flight mode, the app shall queue all messages.
    """,
    "optional": """
        Where a reader has switched on price alerts, the shop shall mail the reader when a wanted book is offered.
        Where the car has a sunroof, the controller shall close it when it rains.
        Where two-factor login is enabled, the portal shall ask for a code.
    """,
    "unwanted": """
        If a search finds nothing, then the shop shall show the five titles nearest to the words.
        If the payment provider does not answer within 10 seconds, the shop shall keep the order open.
        If an invalid card is inserted then the machine shall give it back.
        Unless the caller has a token, the API shall answer with status 401.
        In case of a power failure, the pump shall close its valve.
        If the checksum is wrong, then the importer shall skip the file and report it.
    """,
    "complex": """
        While the shop is closed, when a reader places an order, the shop shall say when it opens.
        While on the ground, when reverse thrust is commanded, the engine control system shall deploy the reverser.
        When a login fails, if it is the fifth within 10 minutes, then the shop shall refuse the account.
        Where price alerts are on, when a price falls, the shop shall mail the reader.
    """,
    "": """
        Readers can search for books.
        Fast search
        As a reader, I want to search for books so that I find one.
        The system must be secure.
        The application will send a mail to the buyer.
        The shop should list books by price.
        It shall be possible to cancel an order.
        When an order is placed, send a mail.
        When an order is placed, the shop sends a mail.
        There shall be a search.
        If the payment fails, it shall be logged.
        The shop shall
        When shall the shop open?
        Users need to be able to export their data.
        Admins may delete users.
        The system can import CSV files.
        Shall list books.
    """,
}
TABLE = [(pattern, line.strip()) for pattern, text in SENTENCES.items() for line in text.strip().splitlines()]


@pytest.mark.parametrize(("pattern", "sentence"), TABLE)
def test_the_pattern_of_a_sentence(pattern: str, sentence: str) -> None:
    assert ears(sentence) == pattern


@pytest.mark.parametrize(
    ("said", "better"),
    [
        ("Readers can search for books.", "The shop shall let readers search for books."),
        ("As a reader, I want to search so that I find one.", "The shop shall let the reader search."),
        ("As an admin I can delete users", "The shop shall let the admin delete users."),
        ("The system must encrypt backups.", "The system shall encrypt backups."),
        ("The application will send a mail.", "The application shall send a mail."),
        ("Users need to confirm their mail address.", "Users shall confirm their mail address."),
        ("It shall be possible to cancel an order.", "The shop shall let the user cancel an order."),
        ("It must be possible for a seller to withdraw a copy.", "The shop shall let a seller withdraw a copy."),
        ("The system can import CSV files.", "The system shall import CSV files."),
        ("The shop can import CSV files.", "The shop shall import CSV files."),
        ("When an order is placed, send a mail.", "When an order is placed, the shop shall send a mail."),
        ("When an order is placed, readers can cancel it.", "When an order is placed, the shop shall let readers cancel it."),
        ("When an order is placed, the shop sends a mail.", "When an order is placed, the shop shall …"),
        ("When a copy is sold, it will vanish.", "When a copy is sold, the shop shall …"),
        ("MP3 files must be accepted.", "MP3 files shall be accepted."),
        ("REQ-3: The system must encrypt backups", "The system shall encrypt backups."),
        ("Fast search", "The shop shall …"),
        ("", "The shop shall …"),
    ],
)  # fmt: skip
def test_a_sentence_without_a_pattern_is_rewritten_as_far_as_its_words_can_be_kept(
    said: str, better: str
) -> None:
    assert rewrite(said, "shop") == better
    assert ears(better) or "…" in better


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("The shop shall be user-friendly and robust.", ["user-friendly", "robust"]),
        ("The shop shall answer as soon as possible.", ["as soon as possible"]),
        ("The shop shall store name, mail, etc.", ["etc"]),
        ("The shop shall accept cards and/or vouchers.", ["and/or"]),
        ("The shop shall log errors where appropriate.", ["where appropriate"]),
        ("The response time shall normally be TBD.", ["normally", "TBD"]),
        ("The shop shall answer quickly, in 200 ms at the most.", []),
        (
            "If the account has insufficient funds or the sufficient funds check fails, the bank shall refuse.",
            [],
        ),
        ("The shop shall show how often a book was seen.", []),
        ("The shop shall delete inappropriate photos.", []),
        ("The shop shall keep invoices as required by law.", []),
        ("The shop shall sell fast-food vouchers.", []),
        ("The shop shall reserve every copy for 15 minutes.", []),
    ],
)
def test_vague_words_are_found_and_others_are_not(sentence: str, found: list[str]) -> None:
    assert [word for word, _ in vague(sentence)] == found


def test_sentences_are_the_same_whatever_case_articles_and_points() -> None:
    assert same("The shop shall sell a book.") == same("the Shop shall sell book!")
    assert same("The shop shall sell books.") != same("The shop shall buy books.")
