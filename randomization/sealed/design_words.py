"""What is wrong with a design, for pages in another language."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from randomization.sealed.sentence_forms import Sentences

FORMS = (
    gettext_noop("There are fewer than two arms, so there is nothing to randomise."),
    gettext_noop("Two arms have the same code. Give each its own."),
    gettext_noop("Every arm needs a share of at least 1 in the ratio."),
    gettext_noop("Strata need keys that are all different and not empty."),
    gettext_noop("A list needs a target of at least 1 in some stratum, and nowhere less than 0."),
    gettext_noop("A stratum with a target of 0 has no reserve either. Give it a target."),
    gettext_noop(
        "The list would have %(size)s envelopes. A list has %(most)s at most: lower targets or reserve."
    ),
    gettext_noop("method is %(method)s. This program knows %(known)s."),
    gettext_noop("%(name)s is no parameter of %(method)s. Its parameters are: %(known)s. Take it out."),
    gettext_noop(
        "The %(part)s of stratum %(stratum)s is %(total)s, which is no multiple of %(unit)s, the sum of "
        "the ratio. Use %(better)s, or another method."
    ),
    gettext_noop("max_range is missing or below 1. Say by how much one arm may lead: 3, say."),
    gettext_noop(
        "method is big_stick, which treats all arms alike, and the ratio is unequal. Use "
        "permuted_blocks, one_block, urn or complete."
    ),
    gettext_noop("alpha and beta are both needed by the urn: 1 and 1, or 0 and 1, say."),
    gettext_noop("alpha and beta are both 0, so no ball is ever in the urn. Make one of them 1."),
    gettext_noop(
        "block_sizes have the least common multiple %(multiple)s, too great for %(total)s envelopes. Use "
        "sizes that fit each other better, or exact = false."
    ),
    gettext_noop("block_sizes is empty. Give at least one size."),
    gettext_noop("block_sizes names a size twice. Name each size once."),
    gettext_noop("block_sizes has %(count)s sizes. Give %(most)s at most."),
    gettext_noop(
        'block_sizes has %(size)s. A block has %(most)s places at most; method = "one_block" makes one '
        "block of the whole."
    ),
    gettext_noop(
        "block_sizes has %(size)s, which is no multiple of %(unit)s, the sum of the ratio. Use sizes "
        "such as %(first)s, %(second)s or %(third)s."
    ),
    gettext_noop(
        "No blocks of %(sizes)s sum to the %(total)s envelopes of stratum %(stratum)s (%(part)s). Change "
        "the target or the block sizes, or let the last block be cut with exact = false."
    ),
    gettext_noop("Minimisation needs two arms or more, each with a share of at least 1."),
    gettext_noop("factors is empty and the protocol has no strata. Name what is to be balanced."),
    gettext_noop("measure is %(measure)s. Use %(known)s."),
    gettext_noop("probability is %(probability)s. It lies between %(least)s (chance) and 1: 0.8, say."),
    gettext_noop("%(place)s.levels needs levels that are all different."),
    gettext_noop("%(place)s.weight must be at least 1."),
    gettext_noop("%(place)s.frequencies needs one whole number for each level, not all of them 0."),
    gettext_noop("target"),
    gettext_noop("reserve"),
)
in_words = Sentences(FORMS).in_words
