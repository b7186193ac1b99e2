"""Design a backend phase by phase: one design in; pictures, findings, a running prototype and a document out."""
