using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Content;

namespace Slipway.Images;

/// <summary>Reads an image's config leniently (absent and null fields alike) and writes it in one fixed field order.</summary>
public static class ImageConfigJson
{
    /// <summary>Reads a config blob.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: not a config; the message names the field.</exception>
    public static ImageConfig Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return Read(document.RootElement);
        }
        catch (JsonException fault)
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, $"the image's config is not JSON: {fault.Message}", innerException: fault);
        }
    }

    /// <summary>The canonical bytes of a config: the same value always gives the same bytes.</summary>
    public static byte[] Write(ImageConfig config)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, CanonicalJson.Options))
        {
            json.WriteStartObject();
            json.WriteOptional("created", config.Created);
            json.WriteOptional("author", config.Author);
            json.WriteString("architecture", config.Architecture);
            json.WriteOptional("variant", config.Variant);
            json.WriteString("os", config.Os);
            json.WriteStartObject("config");
            WriteRun(json, config);
            json.WriteEndObject();
            json.WriteStartObject("rootfs");
            json.WriteString("type", "layers");
            json.WriteList("diff_ids", config.DiffIds.Select(id => id.ToString()));
            json.WriteEndObject();
            WriteHistory(json, config.History);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static ImageConfig Read(JsonElement root)
    {
        JsonElement? run = root.Find("config");
        ImageConfig config = new()
        {
            Created = root.FindString("created"),
            Author = root.FindString("author"),
            Architecture = root.FindString("architecture") ?? ImageConfig.HostArchitecture,
            Variant = root.FindString("variant"),
            Os = root.FindString("os") ?? "linux",
            DiffIds = [.. (root.Required("rootfs").FindList("diff_ids") ?? []).Select(Digest.Parse)],
            History = root.Find("history") is { } history ? [.. history.Array("history").Select(ReadHistory)] : [],
        };
        return run is { } element ? ReadRun(config, element) : config;
    }

    private static ImageConfig ReadRun(ImageConfig config, JsonElement run) => config with
    {
        User = run.FindString("User") ?? "",
        Env = run.FindList("Env") ?? [],
        Entrypoint = run.FindList("Entrypoint"),
        Cmd = run.FindList("Cmd"),
        WorkingDir = run.FindString("WorkingDir") ?? "",
        ExposedPorts = run.FindKeys("ExposedPorts"),
        Volumes = run.FindKeys("Volumes"),
        Labels = run.FindStrings("Labels"),
        StopSignal = run.FindString("StopSignal"),
        Healthcheck = run.Find("Healthcheck") is { } health ? ReadHealthcheck(health) : null,
        OnBuild = run.FindList("OnBuild") ?? [],
        Shell = run.FindList("Shell"),
    };

    private static Healthcheck ReadHealthcheck(JsonElement health) => new(health.FindList("Test") ?? [])
    {
        Interval = Number(health, "Interval"),
        Timeout = Number(health, "Timeout"),
        StartPeriod = Number(health, "StartPeriod"),
        StartInterval = Number(health, "StartInterval"),
        Retries = (int)Math.Clamp(Number(health, "Retries"), 0, int.MaxValue),
    };

    private static long Number(JsonElement element, string field) =>
        element.Find(field) is not { } value ? 0
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) ? number
        : throw CanonicalJson.Missing(field);

    private static HistoryEntry ReadHistory(JsonElement entry) => new(
        entry.FindString("created"),
        entry.FindString("created_by"),
        entry.FindString("comment"),
        entry.FindString("author"),
        entry.Find("empty_layer") is { ValueKind: JsonValueKind.True });

    private static void WriteRun(Utf8JsonWriter json, ImageConfig config)
    {
        json.WriteOptional("User", config.User);
        json.WriteKeys("ExposedPorts", config.ExposedPorts);
        json.WriteList("Env", config.Env.IsEmpty ? null : config.Env);
        json.WriteList("Entrypoint", config.Entrypoint);
        json.WriteList("Cmd", config.Cmd);
        if (config.Healthcheck is { } health)
        {
            json.WriteStartObject("Healthcheck");
            json.WriteList("Test", health.Test.IsEmpty ? null : health.Test);
            json.WriteOptional("Interval", health.Interval);
            json.WriteOptional("Timeout", health.Timeout);
            json.WriteOptional("StartPeriod", health.StartPeriod);
            json.WriteOptional("StartInterval", health.StartInterval);
            json.WriteOptional("Retries", health.Retries);
            json.WriteEndObject();
        }

        json.WriteKeys("Volumes", config.Volumes);
        json.WriteOptional("WorkingDir", config.WorkingDir);
        json.WriteList("OnBuild", config.OnBuild.IsEmpty ? null : config.OnBuild);
        json.WriteStrings("Labels", config.Labels);
        json.WriteOptional("StopSignal", config.StopSignal);
        json.WriteList("Shell", config.Shell);
    }

    private static void WriteHistory(Utf8JsonWriter json, ImmutableArray<HistoryEntry> history)
    {
        if (history.IsEmpty)
        {
            return;
        }

        json.WriteStartArray("history");
        foreach (HistoryEntry entry in history)
        {
            json.WriteStartObject();
            json.WriteOptional("created", entry.Created);
            json.WriteOptional("created_by", entry.CreatedBy);
            json.WriteOptional("author", entry.Author);
            json.WriteOptional("comment", entry.Comment);
            if (entry.EmptyLayer)
            {
                json.WriteBoolean("empty_layer", true);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteOptional(this Utf8JsonWriter json, string field, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            json.WriteString(field, value);
        }
    }

    private static void WriteOptional(this Utf8JsonWriter json, string field, long value)
    {
        if (value != 0)
        {
            json.WriteNumber(field, value);
        }
    }
}
