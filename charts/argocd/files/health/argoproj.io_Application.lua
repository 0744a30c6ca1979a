-- An Application is healthy when what it asks for is what was compared, is applied and is healthy. Argo CD's own
-- aggregate leaves out what could not be applied (argo-cd#25962), and is that of the source before after an edit.
local function equal(one, other)
  if type(one) ~= "table" or type(other) ~= "table" then
    return one == other
  end
  for key, value in pairs(one) do
    if not equal(value, other[key]) then
      return false
    end
  end
  for key in pairs(other) do
    if one[key] == nil then
      return false
    end
  end
  return true
end

local status = obj.status or {}
local sync = status.sync or {}
local health = status.health or {}
local compared = sync.comparedTo or {}

for _, condition in ipairs(status.conditions or {}) do
  if condition.type == "ComparisonError" or condition.type == "InvalidSpecError" then
    return { status = "Degraded", message = condition.message }
  end
end
if not equal(obj.spec.source, compared.source) or not equal(obj.spec.sources, compared.sources) then
  return { status = "Progressing", message = "its new source is not compared yet" }
end
if sync.status ~= "Synced" then
  local operation = status.operationState or {}
  if operation.phase == "Failed" or operation.phase == "Error" then
    return { status = "Degraded", message = operation.message }
  end
  return { status = "Progressing", message = "it is " .. (sync.status or "not compared yet") }
end
return { status = health.status or "Progressing", message = health.message }
