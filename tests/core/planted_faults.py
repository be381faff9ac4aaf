"""Faults to plant in good protocol files, one a row."""
# ruff: noqa: E501

from trial.protocol.files import PROTOCOLS

IMODALS = (PROTOCOLS / "nct02059759.toml").read_text(encoding="utf-8")
MIROCALS = (PROTOCOLS / "nct03039673.toml").read_text(encoding="utf-8")
FRAME = (PROTOCOLS / "nct01575834.toml").read_text(encoding="utf-8")

# Each row: good text, words to replace (the first time they occur), by what, field, part of the message.
# The fault is expected on the replacement's first line, or where » stands in it; a fault of a whole table
# on the nearest header above.
# fmt: off
PLANTED = [
    # shape
    (IMODALS, "target = 36", "targett = 36", "trial.targett", "did you mean `target`"),
    (IMODALS, "target = 36", 'target = "36"', "trial.target", "a whole number, not “36”"),
    (IMODALS, "target = 36", "target = 36.5", "trial.target", "a whole number, not 36.5"),
    (IMODALS, "target = 36", "target = true", "trial.target", "a whole number, not true"),
    (IMODALS, "target = 36", "blocks = [3, 6]\ntarget = 36", "trial.blocks", "no such field"),
    (IMODALS, "every = { days = 28 }", "every = { day = 28 }", "courses[COURSE].every.day", "no such field"),
    (IMODALS, "every = { days = 28 }", "every = { days = 28, weeks = 4 }", "courses[COURSE].every", "exactly one"),
    (IMODALS, "every = { days = 28 }", "every = 2015-10-05", "courses[COURSE].every", "must be a table, not the date"),
    (IMODALS, 'anchor = "first_injection"', 'anchor = "first"', "courses[COURSE].anchor", "not one of"),
    (IMODALS, 'to = "participant"', 'to = "nurse"', "reminders[P-COURSE].to", "not one of participant, site"),
    (IMODALS, 'id = "I2"', 'id = "J2"', "criteria[J2].id", "I or E and its number"),
    (IMODALS, 'code = "IL2-1MIU"', 'code = "il2/1"', "arms[il2/1].code", "Capital letters"),
    (IMODALS, "masked = [", 'masked = ["nurse", ', "trial.masked[0]", "not one of participant"),
    (IMODALS, "days = [1, 2, 3, 4, 5]", "days = []", "courses[COURSE].days", "must not be empty"),
    (IMODALS, "window = { before = 1, after = 2 }", "window = { before = 1, closes = 2 }", "visits[V2].window", "not a mixture"),
    (IMODALS, 'kind = "age"', 'kind = "aged"', "criteria[I3].kind", "not one of yes_no, age"),
    (IMODALS, "format = 1", "format = 2", "format", "must be 1, not 2"),
    # identity
    (IMODALS, 'key = "nct02059759"', 'key = "imodals"', "trial.key", "nct02059759"),
    (IMODALS, 'nct = "NCT02059759"', 'nct = "NCT2059759"', "trial.identifiers.nct", "eight digits"),
    (IMODALS, "target = 36", "target = 0", "trial.target", "at least one participant"),
    (IMODALS, "recruitment_months = 12", "recruitment_months = 0", "trial.recruitment_months", "1 to 240 months"),
    (IMODALS, "recruitment_months = 12", "recruitment_months = 1.5", "trial.recruitment_months", "a whole number"),
    (IMODALS, 'masked = ["participant", ', 'masked = ["participant", "participant", ', "trial.masked", "twice"),
    (IMODALS, 'prefix = "IM"', 'prefix = "I2"', "numbers.prefix", "capital letters"),
    (IMODALS, "serial_digits = 2", "serial_digits = 0", "numbers.serial_digits", "1 or more"),
    (IMODALS, "max_hold_days = 28", "max_hold_days = 0", "limits.max_hold_days", "1 day or more"),
    (IMODALS, "injection = 7", "injection = -1", "limits.max_days_to_first_injection", "0 (the day of"),
    # sites, strata, drugs, arms
    (MIROCALS, 'number = "02"', 'number = "01"', "sites[1].number", "already the number of another site"),
    (MIROCALS, 'number = "11"', 'number = "011"', "sites[011].number", "must have 2 digits"),
    (IMODALS, "Europe/Paris", "Europe/Montpellier", "sites[01].zone", "no time zone"),
    (IMODALS, 'zone = "Europe/Paris"', 'zone = "../etc"', "sites[01].zone", "no time zone"),
    (IMODALS, 'country = "FR"', 'country = "ZZ"', "sites[01].holidays", "no holiday calendar is known for ZZ"),
    (MIROCALS, 'subdivision = "ENG"', 'subdivision = "XYZ"', "sites[11].holidays", "GB XYZ"),
    (MIROCALS, 'code = "LIMB"', 'code = "BULBAR"', "strata[ONSET].levels[1].code", "another level"),
    (MIROCALS, 'code = "ONSET"', 'code = "COUNTRY"', "strata[1].code", "another factor"),
    (IMODALS, 'drug = "STUDY"\nproduct = "Aldesleukin"', 'drug = "OTHER"\nproduct = "Aldesleukin"', "arms[IL2-1MIU].preparations[OTHER].drug", "no drug is called “OTHER”"),
    (IMODALS, 'code = "IL2-2MIU"', 'code = "IL2-1MIU"', "arms[2].code", "already the code of another arm"),
    (IMODALS, "ratio = 1", "ratio = 0", "arms[PLACEBO].ratio", "1 or more"),
    (IMODALS, 'volume_ml = "0.5"\nconcentration = "4', '»volume_ml = "0.4"\nconcentration = "4', "arms[IL2-2MIU].preparations[STUDY].volume_ml", "the same in every arm"),
    (IMODALS, 'volume_ml = "0.5"\nconcentration = "4', 'volume_ml = "NaN"\nconcentration = "4', "arms[IL2-2MIU].preparations[STUDY].volume_ml", "millilitres above 0"),
    (IMODALS, 'en = "Study injection"', 'en = "Aldesleukin or not"', "drugs[STUDY].label", "find blinded words"),
    (FRAME, 'code = "DENOSUMAB"', 'code = "DMAB"', "drugs[DMAB].code", "is given in no course"),
    # courses
    (IMODALS, 'drug = "STUDY"\nanchor', 'drug = "IL2"\nanchor', "courses[COURSE].drug", "no drug is called “IL2”"),
    (IMODALS, "days = [1, 2, 3, 4, 5]", "days = [1, 2, 3, 4, 5, 6]", "courses[COURSE].days", "promises 5 days in a row"),
    (IMODALS, "days = [1, 2, 3, 4, 5]", "days = [1, 2, 3, 4, 6]", "courses[COURSE].days", "promises 5 days in a row"),
    (IMODALS, "days = [1, 2, 3, 4, 5]", "days = [0, 1, 2, 3, 4]", "courses[COURSE].days", "there is no day 0"),
    (IMODALS, "days = [1, 2, 3, 4, 5]", "days = [1, 2, 2, 4, 5]", "courses[COURSE].days", "must rise, each day once"),
    (MIROCALS, "days = { consecutive = 5 }", "days = [2, 3, 4, 5, 6]", "courses[COURSE].days", "must begin with 1"),
    (IMODALS, "injections = 15", "injections = 16", "trial.injections", "says 16, but the courses give 15"),
    (MIROCALS, "days = { consecutive = 5 }", "»", "courses[COURSE]", "`days` is missing"),
    (IMODALS, "every = { days = 28 }", "every = { days = 4 }", "courses[COURSE].every", "they overlap"),
    (IMODALS, "every = { days = 28 }", "every = { days = -28 }", "courses[COURSE].every", "they overlap"),
    (FRAME, "days = [1]\nrepeats = 12\nevery", "days = [1, 29]\nrepeats = 12\n»every", "courses[BUILD].every", "28 days apart while one repeat lasts 29"),
    (FRAME, 'course = "BUILD", repeat = 1 }', 'course = "KEEP" }', "courses[KEEP].anchor", "none is called “KEEP”"),
    (FRAME, 'course = "BUILD", repeat = 1 }', 'course = "BUILD", repeat = 13 }', "courses[KEEP].anchor", "no repeat 13"),
    (FRAME, 'code = "KEEP"', 'code = "BUILD"', "courses[1].code", "another course"),
    (FRAME, "offset = { months = 12 }", "day = 1\noffset = { months = 12 }", "courses[KEEP]", "one of the two"),
    (FRAME.replace('drug = "DENOSUMAB"\nanchor', 'drug = "STUDY"\nanchor').replace("offset = { months = 12 }", "offset = { months = 11 }"), 'code = "KEEP"', '»code = "KEEP"', "courses[KEEP]", "on a day on which course BUILD does"),
    # visits
    (IMODALS, "day = 8\n", "day = 0\n", "visits[V2].day", "there is no day 0"),
    (IMODALS, "day = 8\n", "»", "visits[V2]", "say either `day`"),
    (IMODALS, "window = { before = 1, after = 2 }", "window = { opens = 3, closes = 0 }", "visits[V2].window", "opens 3 days after it closes"),
    (IMODALS, "window = { before = 1, after = 2 }", "window = { before = -2, after = 1 }", "visits[V2].window", "opens 1 day after it closes"),
    (IMODALS, "window = { before = 1, after = 2 }", "window = { opens = 1, closes = 2 }", "visits[V2].window", "its own target day"),
    (IMODALS, 'code = "V2"', 'code = "V1"', "visits[1].code", "already the code of another visit"),
    (IMODALS, 'code = "V2"', 'code = "V0"', "visits[V0].code", "the code of the screening"),
    (MIROCALS, "repeat = 19", "repeat = 20", "visits[V8].anchor", "no repeat 20"),
    (MIROCALS, '{ course = "COURSE", repeat = 4', '{ course = "CURE", repeat = 4', "visits[V3].anchor", "none is called “CURE”"),
    (IMODALS, "to_day = -1", "to_day = 0", "screening.to_day", "before day 1"),
    (IMODALS, "from_day = -28\nto_day = -1", "from_day = -3\nto_day = -4", "screening", "after its end"),
    # criteria
    (IMODALS, 'id = "E2"', 'id = "E1"', "criteria[11].id", "already the id of another criterion"),
    (IMODALS, "minimum = 18\nbelow = 75", "", "criteria[I3]", "needs a bound"),
    (IMODALS, "below = 75", "below = 18", "criteria[I3]", "let nobody in"),
    (IMODALS, "minimum = 18\nbelow = 75", "above = 17\nbelow = 18", "criteria[I3]", "let nobody in"),
    (IMODALS, "maximum = 5\n", "maximum = 5\n»below = 6\n", "criteria[I6].below", "the same as `maximum`"),
    (IMODALS, "maximum = 5\n", "maximum = 5.5\n", "criteria[I6].maximum", "a whole number"),
    (IMODALS, 'unit = "years"', 'unit = "anni"', "criteria[I6].unit", "no length of time"),
    (IMODALS, "minimum = 70\n", "minimum = 70\nbelow = 70\n", "criteria[I7]", "let nobody in"),
    (FRAME, "minimum = -3.5", "minimum = -2.4", "criteria[I3]", "let nobody in"),
    (IMODALS, 'id = "b"', 'id = "a"', "criteria[I5].parts[1].id", "another part"),
    (IMODALS, 'id = "I2"', 'id = "I2"\n»minimum = 3', "criteria[I2].minimum", "a yes/no criterion has no bound"),
    (IMODALS, 'kind = "number"', 'kind = "number"\n»passes_with = "yes"', "criteria[I7].passes_with", "computed"),
    (IMODALS, 'id = "I5"', 'id = "I5"\n»unit = "months"', "criteria[I5].unit", "belongs to the parts"),
    (IMODALS, '\ntext.fr = "Refuse de signer le consentement."', "", "criteria[E5].text", "no French words"),
    (IMODALS, 'text.en = "Refuses to sign the consent."', 'text.en = " "', "criteria[E5].text", "no English words"),
    # reminders and assumptions
    (IMODALS, 'local_time = "18:00"', 'local_time = "24:00"', "reminders[P-COURSE].local_time", "no time of day"),
    (IMODALS, 'local_time = "18:00"', 'local_time = "6 pm"', "reminders[P-COURSE].local_time", "no time of day"),
    (IMODALS, "days_before = 1", "days_before = -1", "reminders[P-COURSE].days_before", "0 (the same day)"),
    (IMODALS, 'field = "trial.version"', 'field = "trial.release"', "assumptions[0].field", "no field “trial.release”"),
    (IMODALS, 'field = "visits[V2].day"', 'field = "visits[V9].day"', "assumptions[18].field", "no field “visits[V9].day”"),
]
# fmt: on
