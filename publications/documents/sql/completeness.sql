-- Every unit of today with every item that its category must publish, and the newest thing that fulfils it.
-- A document counts from its last renewal, a page from the date that its unit gives for its content.
-- An exempt document fulfils nothing: what must be published is not closed.
WITH evidence AS (
    SELECT d.unit_id, d.checklist_item_id AS item_id, d.id AS document_id, d.title, '' AS url, d.is_sample,
        COALESCE(d.renewed_on, (d.published_at AT TIME ZONE 'Asia/Jakarta')::date) AS dated_on
    FROM publications_document d
    WHERE d.status = 'published' AND d.info_class <> 'exempt' AND d.checklist_item_id IS NOT NULL
    UNION ALL
    SELECT l.unit_id, l.item_id, NULL, '', l.url, l.is_sample, l.dated_on
    FROM publications_checklistlink l
), newest AS (
    SELECT DISTINCT ON (unit_id, item_id) * FROM evidence ORDER BY unit_id, item_id, dated_on DESC, document_id DESC
)
SELECT u.id AS unit_id, i.id AS item_id, i.code, i.title, i.legal_basis, i."order", n.document_id, n.title AS document_title, n.url,
    COALESCE(n.is_sample, false) AS is_sample, n.dated_on,
    CASE
        WHEN n.dated_on IS NULL THEN 'missing'
        WHEN i.renewal_months IS NOT NULL
            AND (n.dated_on + make_interval(months => i.renewal_months))::date < %(today)s THEN 'stale'
        ELSE 'fresh'
    END AS state
FROM opd_unit u
JOIN publications_checklistitem i ON u.category = ANY (i.categories)
LEFT JOIN newest n ON n.unit_id = u.id AND n.item_id = i.id
WHERE (u.active_from IS NULL OR u.active_from <= %(today)s) AND (u.active_until IS NULL OR u.active_until >= %(today)s)
    AND (i.active_from IS NULL OR i.active_from <= %(today)s) AND (i.active_until IS NULL OR i.active_until >= %(today)s)
    AND (%(unit)s::bigint IS NULL OR u.id = %(unit)s)
    AND (%(category)s = '' OR u.category = %(category)s)
