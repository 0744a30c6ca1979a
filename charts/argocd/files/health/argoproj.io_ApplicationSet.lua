-- A set is healthy when each Application that its list names is Synced and Healthy: root then opens the next layer.
-- By name, not by number: the Application of a component that was switched off stays in the status. The status is
-- only kept current by a controller that runs with --enable-progressive-syncs. Argo CD opens no string library.
local status = obj.status or {}
for _, condition in ipairs(status.conditions or {}) do
  if condition.type == "ErrorOccurred" and condition.status == "True" then
    return { status = "Degraded", message = condition.message }
  end
end

local applications = {}
for _, resource in ipairs(status.resources or {}) do
  applications[resource.name] = resource
end

local waiting = {}
local ready = 0
for _, generator in ipairs(obj.spec.generators or {}) do
  for _, element in ipairs((generator.list or {}).elements or {}) do
    local name = element.component
    local application = applications[name]
    if name == nil then
      return { status = "Progressing", message = "an element of its list names no component" }
    elseif application == nil then
      table.insert(waiting, name .. " (not made yet)")
    elseif application.status ~= "Synced" then
      table.insert(waiting, name .. " (" .. (application.status or "not compared yet") .. ")")
    elseif (application.health or {}).status ~= "Healthy" then
      table.insert(waiting, name .. " (" .. ((application.health or {}).status or "health not known yet") .. ")")
    else
      ready = ready + 1
    end
  end
end

if #waiting > 0 then
  return { status = "Progressing", message = "waiting for " .. table.concat(waiting, ", ") }
end
return { status = "Healthy", message = ready .. " applications are ready" }
