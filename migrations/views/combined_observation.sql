-- Grain: one row per measure and period of a whole whose parts changed hands: predecessors before, successors after, added up. On
-- request only, counts only, and only where every part that stood on the period's last day has a number.
create function combined_observation(name text) returns table (
  whole text, measure text, period_kind text, period_label text, period_start date, period_end date, value numeric,
  unit text, parts text, releases text
)
language sql stable as $$
  select
    p.whole, o.measure, o.period_kind, min(o.period_label), o.period_start, o.period_end, sum(o.value), 'count'::text,
    string_agg(p.area_name || ' ' || o.value, ' + ' order by p.area_name, p.area_code),
    string_agg(distinct o.release, ', ' order by o.release)
  from area p
  cross join lateral (
    -- Each part by its area, not all areas and then the parts.
    select * from current_observation c
    where c.area_code = p.area_code and c.source = 'dfe' and c.unit = 'count' and c.breakdown = '' and c.status = 'reported'
      and (p.valid_from is null or p.valid_from <= c.period_end) and (p.valid_until is null or p.valid_until >= c.period_end)
    offset 0
  ) o
  where p.whole in (
    select a.whole from area a
    where lower(btrim(name)) in (lower(a.whole), lower(a.area_name), lower(a.area_code), a.dfe_code)
  )
  group by p.whole, o.measure, o.period_kind, o.period_start, o.period_end
  having count(*) = (
    select count(*) from area e
    where e.whole = p.whole and (e.valid_from is null or e.valid_from <= o.period_end)
      and (e.valid_until is null or e.valid_until >= o.period_end)
  )
$$;

comment on function combined_observation(text) is
  'A whole that was split or merged, through time: DfE''s counts of the parts that stood on each period''s last day, added up where every part is a number. By the name or code of the whole or a part; children counted by two parts count twice.';
