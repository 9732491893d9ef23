-- What people ask. Each begins with a line "-- name:"; the test runs all of them. clickhouse-client --multiquery <queries.sql

-- name: which path kills idle flows, at what age, since when
SELECT server_ip, server_port, interface,
       count() AS kills,
       uniqExact(client_ip) AS clients,
       round(quantileExact(0.05)(gap_ms) / 1000, 1) AS age_from_s,
       round(quantileExact(0.5)(gap_ms) / 1000, 1) AS age_median_s,
       min(time) AS since,
       max(time) AS last,
       groupUniqArray(gateway) AS seen_by
FROM rstwhy.verdicts
WHERE class = 'idle-timeout' AND gap_ms IS NOT NULL
GROUP BY server_ip, server_port, interface
ORDER BY kills DESC
LIMIT 50;

-- name: what resets connections, by cause
SELECT class, cause, count() AS resets, round(avg(confidence), 2) AS sure, uniqExact(server_ip, server_port) AS servers,
       uniqExact(gateway) AS gateways
FROM rstwhy.verdicts
WHERE class != 'noise'
GROUP BY class, cause
ORDER BY resets DESC;

-- name: which gateways reset by themselves (their rules, their conntrack)
SELECT gateway, cause, count() AS resets, min(time) AS since, max(time) AS last
FROM rstwhy.verdicts
WHERE by LIKE 'gateway-%' OR cause LIKE 'gateway-%'
GROUP BY gateway, cause
ORDER BY resets DESC;

-- name: when did it begin (idle kills an hour, by server)
SELECT toStartOfHour(time) AS hour, server_ip, server_port, count() AS kills
FROM rstwhy.verdicts
WHERE class = 'idle-timeout'
GROUP BY hour, server_ip, server_port
ORDER BY hour, kills DESC;

-- name: one kill seen by several gateways (the same connection, within two seconds)
SELECT client_ip, client_port, server_ip, server_port, intDiv(toUInt32(time), 2) AS moment,
       groupUniqArray(gateway) AS gateways, groupUniqArray(id) AS ids, groupUniqArray(cause) AS causes
FROM rstwhy.verdicts
GROUP BY client_ip, client_port, server_ip, server_port, moment
HAVING length(gateways) > 1
LIMIT 100;

-- name: the keepalive that would hold, by server (below the shortest kill)
SELECT server_ip, server_port, count() AS kills, floor(quantileExact(0.05)(gap_ms) / 1000 * 0.8) AS keepalive_s
FROM rstwhy.verdicts
WHERE class = 'idle-timeout' AND sender = 'server' AND gap_ms IS NOT NULL
GROUP BY server_ip, server_port
HAVING kills >= 3
ORDER BY kills DESC;

-- name: what was lost, and where
SELECT gateway, lost_where, sum(lost) AS records, max(time) AS last
FROM rstwhy.records
WHERE kind = 'loss'
GROUP BY gateway, lost_where
ORDER BY records DESC;
