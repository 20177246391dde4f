-- Ki and OPc of the SIM (3GPP TS 35.205), 16 bytes each, sealed for this row. Absent of a profile whose keys the
-- operator has not brought: no HLR can be told of its line.
ALTER TABLE profile_stock ADD COLUMN sealed_keys bytea;
