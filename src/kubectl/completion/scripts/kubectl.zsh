#compdef kubectl
# Completion of kubectl in zsh. What may follow is asked of kubectl itself: see "kubectl __complete".

__kubectl_complete() {
    local reply directive line current=${words[CURRENT]}
    local -a lines found spaces ordered
    reply=$(kubectl __complete "${(@Q)words[2,CURRENT]}" 2>/dev/null </dev/null) || return 1
    lines=("${(@f)reply}")
    directive=${lines[-1]#:}
    lines[-1]=()
    ((directive & 1)) && return 1
    # A flag and its value are one word: only the value is completed.
    if [[ $current == -*=* ]]; then
        compset -P '-*='
    fi
    if ((directive & 8)); then
        _files -g "*.(${(j:|:)lines})"
        return
    fi
    for line in "${lines[@]}"; do
        [[ -n $line ]] || continue
        found+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
    done
    ((directive & 2)) && spaces=(-S '')
    ((directive & 32)) && ordered=(-V)
    if ((${#found} > 0)); then
        _describe "${ordered[@]}" kubectl found "${spaces[@]}"
    elif ((!(directive & 4))); then
        _files
    fi
}

if [[ ${funcstack[1]} == _kubectl ]]; then
    __kubectl_complete "$@"
else
    compdef __kubectl_complete kubectl
fi
