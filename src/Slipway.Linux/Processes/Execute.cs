using System.Runtime.InteropServices;

namespace Slipway.Linux;

public static partial class Libc
{
    /// <summary>
    /// Replaces the whole process by another program: execve(2). Returns only by an exception. The caller's thread's namespaces become the
    /// process's.
    /// </summary>
    /// <param name="arguments">As bytes without NUL, the first one the program's name for itself.</param>
    /// <param name="environment">As bytes, <c>NAME=value</c>.</param>
    public static unsafe void Execute(string path, IReadOnlyList<byte[]> arguments, IReadOnlyList<byte[]> environment)
    {
        byte*[] argv = Natives(arguments);
        byte*[] envp = Natives(environment);
        fixed (byte** argvStart = argv)
        {
            fixed (byte** envpStart = envp)
            {
                Check(execve(path, argvStart, envpStart), "execve", path);
            }
        }
    }

    /// <summary>NUL-terminated copies in native memory, and a closing null. They are never freed: the process is about to be replaced.</summary>
    private static unsafe byte*[] Natives(IReadOnlyList<byte[]> strings)
    {
        byte*[] pointers = new byte*[strings.Count + 1];
        for (int index = 0; index < strings.Count; index++)
        {
            byte[] text = strings[index];
            byte* copy = (byte*)NativeMemory.AllocZeroed((nuint)text.Length + 1);
            text.CopyTo(new Span<byte>(copy, text.Length));
            pointers[index] = copy;
        }

        return pointers;
    }

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int execve(string path, byte** arguments, byte** environment);
}
