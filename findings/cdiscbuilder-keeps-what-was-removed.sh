#!/usr/bin/env bash
# cdiscbuilder keeps a participant whom an ODM transaction removed, and both doses of one that was corrected.
#
# Guess: In a transactional ODM file Update replaces a value and Remove takes it away, as ODM 1.3.2 says; or such a
#   file is refused.
# Seen: TransactionType is not read. A corrected dose stands twice, a removed lot stays beside an empty one, a removed
#   participant is there. Values of typed elements (ItemDataString) are left out.
# Hurts: Exports with an audit trail: 5 mg and 10 mg for one injection, and someone who withdrew the consent.
# Versions: cdiscbuilder 2.2.0, pandas 3.1.1, Python 3.11.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile cdiscbuilder==2.2.0 pandas==3.1.1

cat >expected <<'EXPECTED'
IM-0122-7 DOSE 5
IM-0122-7 DOSE 10
IM-0122-7 LOT L1
IM-0122-7 LOT nan
IM-0123-5 DOSE 5
EXPECTED

cat >trial.xml <<'XML'
<?xml version="1.0" encoding="UTF-8"?>
<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" FileType="Transactional" FileOID="F.1" ODMVersion="1.3.2"
     CreationDateTime="2026-03-02T09:30:00+01:00">
  <ClinicalData StudyOID="S.1" MetaDataVersionOID="M.1">
    <SubjectData SubjectKey="IM-0122-7" TransactionType="Update"><StudyEventData StudyEventOID="V.1">
      <FormData FormOID="F.EX"><ItemGroupData ItemGroupOID="IG.EX">
        <ItemData ItemOID="DOSE" Value="5" TransactionType="Insert"/>
        <ItemData ItemOID="DOSE" Value="10" TransactionType="Update"/>
        <ItemData ItemOID="LOT" Value="L1" TransactionType="Insert"/>
        <ItemData ItemOID="LOT" TransactionType="Remove"/>
      </ItemGroupData></FormData></StudyEventData></SubjectData>
    <SubjectData SubjectKey="IM-0123-5" TransactionType="Remove"><StudyEventData StudyEventOID="V.1">
      <FormData FormOID="F.EX"><ItemGroupData ItemGroupOID="IG.EX">
        <ItemData ItemOID="DOSE" Value="5"/><ItemDataString ItemOID="KIT">K-0001</ItemDataString>
      </ItemGroupData></FormData></StudyEventData></SubjectData>
  </ClinicalData>
</ODM>
XML

cat >look.py <<'PYTHON'
from cdiscbuilder.sdtm.odm_parser import parse_odm_to_long_df

for row in parse_odm_to_long_df("trial.xml").itertuples():
    print(row.SubjectKey, row.ItemOID, row.Value)
PYTHON

venv/bin/python look.py | tee seen
diff expected seen || {
  echo "CHANGED: cdiscbuilder applies transactions in another way now." >&2
  exit 1
}
