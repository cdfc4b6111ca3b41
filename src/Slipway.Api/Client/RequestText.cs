using System.Globalization;
using System.Text;

namespace Slipway.Api;

/// <summary>
/// <see cref="CreateContainerRequest"/> as JSON, by hand: what `slipway run` sends. The serializer would give the same (a test compares them), but takes
/// 15 ms of a start to load (docs/decisions).
/// </summary>
internal sealed class RequestText
{
    private readonly StringBuilder text = new("{");

    private RequestText()
    {
    }

    /// <summary>The request in UTF-8.</summary>
    public static byte[] Of(CreateContainerRequest request)
    {
        RequestText text = new();
        text.Add("image", request.Image);
        text.Add("name", request.Name);
        text.Add("command", request.Command);
        text.Add("entrypoint", request.Entrypoint);
        text.Add("environment", request.Environment);
        text.Add("workingDirectory", request.WorkingDirectory);
        text.Add("user", request.User);
        text.AddMounts("mounts", request.Mounts);
        text.AddRaw("memoryBytes", request.MemoryBytes?.ToString(CultureInfo.InvariantCulture));
        text.AddRaw("cpus", request.Cpus?.ToString("R", CultureInfo.InvariantCulture));
        text.AddRaw("pidsLimit", request.PidsLimit?.ToString(CultureInfo.InvariantCulture));
        text.Add("tty", request.Tty);
        text.Add("openStdin", request.OpenStdin);
        text.AddRaw("terminalSize", request.TerminalSize is { } size ? string.Create(CultureInfo.InvariantCulture, $"{{\"rows\":{size.Rows},\"cols\":{size.Cols}}}") : null);
        text.Add("network", request.Network switch { ContainerNetwork.Host => "host", ContainerNetwork.None => "none", _ => throw new ArgumentException($"there is no network {request.Network}") });
        text.Add("hostname", request.Hostname);
        text.AddMap("labels", request.Labels);
        text.Add("autoRemove", request.AutoRemove);
        text.Add("stopSignal", request.StopSignal);
        return Encoding.UTF8.GetBytes(text.text.Append('}').ToString());
    }

    private void Add(string name, bool value) => AddRaw(name, value ? "true" : null);

    private void Add(string name, string? value)
    {
        if (value is not null)
        {
            Name(name);
            Quote(value);
        }
    }

    private void AddRaw(string name, string? value)
    {
        if (value is not null)
        {
            Name(name);
            text.Append(value);
        }
    }

    private void Add(string name, IReadOnlyList<string>? values)
    {
        if (values is null)
        {
            return;
        }

        Name(name);
        text.Append('[');
        for (int i = 0; i < values.Count; i++)
        {
            Separate('[');
            Quote(values[i]);
        }

        text.Append(']');
    }

    private void AddMounts(string name, IReadOnlyList<MountRequest> mounts)
    {
        Name(name);
        text.Append('[');
        for (int i = 0; i < mounts.Count; i++)
        {
            Separate('[');
            text.Append('{');
            Add("source", mounts[i].Source);
            Add("target", mounts[i].Target);
            Add("readOnly", mounts[i].ReadOnly);
            text.Append('}');
        }

        text.Append(']');
    }

    private void AddMap(string name, IReadOnlyDictionary<string, string> map)
    {
        if (map.Count == 0)
        {
            return;
        }

        Name(name);
        text.Append('{');
        foreach ((string key, string value) in map)
        {
            Separate('{');
            Quote(key);
            text.Append(':');
            Quote(value);
        }

        text.Append('}');
    }

    private void Name(string name)
    {
        Separate('{');
        text.Append('"').Append(name).Append("\":");
    }

    private void Separate(char opening)
    {
        if (text[^1] != opening)
        {
            text.Append(',');
        }
    }

    /// <summary>RFC 8259, section 7. A lone surrogate, which UTF-8 cannot hold, becomes U+FFFD.</summary>
    private void Quote(string value)
    {
        text.Append('"');
        foreach (char character in value)
        {
            if (character is '"' or '\\')
            {
                text.Append('\\').Append(character);
            }
            else if (character < ' ')
            {
                text.Append("\\u").Append(((int)character).ToString("x4", CultureInfo.InvariantCulture));
            }
            else
            {
                text.Append(character);
            }
        }

        text.Append('"');
    }
}
